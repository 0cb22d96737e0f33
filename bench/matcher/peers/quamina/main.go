// quamina's part: `matcher RULES EVENTS...`. Says of each file of events how many matches there are in all of them together.
// Then each line of its input has the number of a file and for how many seconds to match its events, and is answered with how
// many events that were.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"time"

	"quamina.net/go/quamina/v2"
)

// Kept so that the work can't be left out.
var kept int

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(arguments []string) error {
	matcher, err := quamina.New()
	if err != nil {
		return err
	}
	rules, err := lines(arguments[0])
	if err != nil {
		return err
	}
	for number, rule := range rules {
		if err := matcher.AddPattern(number, string(rule)); err != nil {
			return err
		}
	}
	var files [][][]byte
	for _, name := range arguments[1:] {
		events, err := lines(name)
		if err != nil {
			return err
		}
		matches := 0
		for _, event := range events {
			found, err := matcher.MatchesForEvent(event)
			if err != nil {
				return err
			}
			matches += len(found)
		}
		fmt.Println(matches)
		files = append(files, events)
	}
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		var file int
		var seconds float64
		if _, err := fmt.Sscan(input.Text(), &file, &seconds); err != nil {
			return err
		}
		done, err := run(matcher, files[file], time.Duration(seconds*float64(time.Second)))
		if err != nil {
			return err
		}
		fmt.Println(done)
	}
	return input.Err()
}

func lines(name string) ([][]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return bytes.Split(bytes.TrimSpace(text), []byte("\n")), nil
}

func run(matcher *quamina.Quamina, events [][]byte, duration time.Duration) (int, error) {
	done := 0
	for begin := time.Now(); time.Since(begin) < duration; {
		for _, event := range events {
			found, err := matcher.MatchesForEvent(event)
			if err != nil {
				return 0, err
			}
			kept += len(found)
		}
		done += len(events)
	}
	return done, nil
}
