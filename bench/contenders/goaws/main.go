// GoAWS with its own router and queues, listening on loopback only: its own program always listens on every
// interface.
package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"github.com/Admiral-Piett/goaws/app/conf"
	"github.com/Admiral-Piett/goaws/app/gosqs"
	"github.com/Admiral-Piett/goaws/app/router"
	"github.com/sirupsen/logrus"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: goaws CONFIGURATION")
	}
	logrus.SetLevel(logrus.WarnLevel)
	ports := conf.LoadYamlConfig(os.Args[1], "Local")
	go gosqs.PeriodicTasks(time.Second, make(chan struct{}))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+ports[0], router.New()))
}
