package clients

import (
	"context"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

type authParameters = ebtypes.CreateConnectionAuthRequestParameters

// A destinations server delivers to a web server that speaks TLS.
type destinations struct {
	client *eventbridge.Client
	web    *tlsEndpoint
}

func newDestinations(t *testing.T) destinations {
	t.Helper()
	web := newTlsEndpoint(t)
	own := config()
	own.BaseEndpoint = aws.String(startServer(t, "--trusted-certificates", web.certificate))
	return destinations{eventbridge.NewFromConfig(own), web}
}

// connect makes a connection, waits until it is authorized, and describes it.
func (d destinations) connect(
	t *testing.T, kind ebtypes.ConnectionAuthorizationType, parameters authParameters,
) *eventbridge.DescribeConnectionOutput {
	t.Helper()
	name := aws.String(uniqueName())
	must[*eventbridge.CreateConnectionOutput](t)(d.client.CreateConnection(
		context.Background(),
		&eventbridge.CreateConnectionInput{Name: name, AuthorizationType: kind, AuthParameters: &parameters},
	))
	var found *eventbridge.DescribeConnectionOutput
	eventually(t, "the connection is authorized", func() bool {
		found = d.describe(t, name)
		return found.ConnectionState == ebtypes.ConnectionStateAuthorized
	})
	if found.AuthorizationType != kind || !strings.Contains(*found.SecretArn, ":secret:events!connection/"+*name+"/") {
		t.Errorf("described as %v", found)
	}
	return found
}

func (d destinations) describe(t *testing.T, connection *string) *eventbridge.DescribeConnectionOutput {
	t.Helper()
	return must[*eventbridge.DescribeConnectionOutput](t)(d.client.DescribeConnection(
		context.Background(), &eventbridge.DescribeConnectionInput{Name: connection},
	))
}

// destination makes an API destination at a path, and returns its name and ARN.
func (d destinations) destination(t *testing.T, connection *string, path string) (*string, *string) {
	t.Helper()
	name := aws.String(uniqueName())
	created := must[*eventbridge.CreateApiDestinationOutput](t)(d.client.CreateApiDestination(
		context.Background(),
		&eventbridge.CreateApiDestinationInput{
			Name: name, ConnectionArn: connection, InvocationEndpoint: aws.String(d.web.url + path),
			HttpMethod: ebtypes.ApiDestinationHttpMethodPost,
		},
	))
	if created.ApiDestinationState != ebtypes.ApiDestinationStateActive {
		t.Errorf("created as %v", created)
	}
	return name, created.ApiDestinationArn
}

// deliver puts an order that goes to an API destination, and returns the order's id and the request that comes.
func (d destinations) deliver(t *testing.T, target ebtypes.Target) (string, request) {
	t.Helper()
	bus := createEventBus(t, d.client, eventbridge.CreateEventBusInput{Name: aws.String(uniqueName())})
	bus.rule(t, everything, target)
	id := bus.put(t, bus.order(`{"id": 7, "colour": "dark red"}`))[0]
	return id, next(t, d.web.requests)
}

func expectHeaders(t *testing.T, found request, expected map[string]string) {
	t.Helper()
	for name, value := range expected {
		if found.header.Get(name) != value {
			t.Errorf("header %s is %q, not %q", name, found.header.Get(name), value)
		}
	}
}

func TestApiDestinations(t *testing.T) {
	d, background := newDestinations(t), context.Background()
	basic := authParameters{
		BasicAuthParameters: &ebtypes.CreateConnectionBasicAuthRequestParameters{
			Username: aws.String("Aladdin"), Password: aws.String("open sesame"),
		},
	}

	t.Run("with a password", func(t *testing.T) {
		connection := d.connect(t, ebtypes.ConnectionAuthorizationTypeBasic, basic)
		if name := *connection.AuthParameters.BasicAuthParameters.Username; name != "Aladdin" {
			t.Errorf("user name %q", name)
		}
		_, arn := d.destination(t, connection.ConnectionArn, "/orders/*")
		target := target(*arn)
		target.HttpParameters = &ebtypes.HttpParameters{
			PathParameterValues:   []string{"$.detail.id"},
			HeaderParameters:      map[string]string{"x-colour": "$.detail.colour"},
			QueryStringParameters: map[string]string{"from": "bus"},
		}
		target.InputTransformer = &ebtypes.InputTransformer{
			InputPathsMap: map[string]string{"colour": "$.detail.colour"},
			InputTemplate: aws.String(`{"text": "painted <colour>"}`),
		}
		_, found := d.deliver(t, target)
		if found.method != "POST" || found.url != "/orders/7?from=bus" {
			t.Errorf("there came %v", found)
		}
		if body := readAs[map[string]string](t, found.body); body["text"] != "painted dark red" || len(body) != 1 {
			t.Errorf("there came %v", body)
		}
		expectHeaders(t, found, map[string]string{
			"authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
			"content-type":  "application/json; charset=utf-8",
			"user-agent":    "Amazon/EventBridge/ApiDestinations",
			"x-colour":      "dark red",
		})
	})
	t.Run("with a key and parameters of the connection", func(t *testing.T) {
		connection := d.connect(t, ebtypes.ConnectionAuthorizationTypeApiKey, authParameters{
			ApiKeyAuthParameters: &ebtypes.CreateConnectionApiKeyAuthRequestParameters{
				ApiKeyName: aws.String("x-api-key"), ApiKeyValue: aws.String("a secret"),
			},
			InvocationHttpParameters: &ebtypes.ConnectionHttpParameters{
				HeaderParameters:      []ebtypes.ConnectionHeaderParameter{{Key: aws.String("x-shop"), Value: aws.String("9")}},
				QueryStringParameters: []ebtypes.ConnectionQueryStringParameter{{Key: aws.String("shop"), Value: aws.String("9")}},
				BodyParameters: []ebtypes.ConnectionBodyParameter{
					{Key: aws.String("password"), Value: aws.String("hidden"), IsValueSecret: true},
				},
			},
		})
		shown := connection.AuthParameters.InvocationHttpParameters
		if shown.BodyParameters[0].Value != nil || *shown.HeaderParameters[0].Value != "9" {
			t.Errorf("shown as %v", shown)
		}
		_, arn := d.destination(t, connection.ConnectionArn, "/orders")
		id, found := d.deliver(t, target(*arn))
		body := readAs[map[string]any](t, found.body)
		if body["id"] != id || body["password"] != "hidden" || found.url != "/orders?shop=9" {
			t.Errorf("there came %v", found)
		}
		expectHeaders(t, found, map[string]string{"x-api-key": "a secret", "x-shop": "9"})
	})
	t.Run("with a token", func(t *testing.T) {
		connection := d.connect(t, ebtypes.ConnectionAuthorizationTypeOauthClientCredentials, authParameters{
			OAuthParameters: &ebtypes.CreateConnectionOAuthRequestParameters{
				AuthorizationEndpoint: aws.String(d.web.url + "/token"),
				HttpMethod:            ebtypes.ConnectionOAuthHttpMethodPost,
				ClientParameters: &ebtypes.CreateConnectionOAuthClientRequestParameters{
					ClientID: aws.String("client"), ClientSecret: aws.String("a secret"),
				},
				OAuthHttpParameters: &ebtypes.ConnectionHttpParameters{
					BodyParameters: []ebtypes.ConnectionBodyParameter{{Key: aws.String("scope"), Value: aws.String("orders")}},
				},
			},
		})
		asked := must[url.Values](t)(url.ParseQuery(next(t, d.web.tokens).body))
		expected := url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"client"}, "client_secret": {"a secret"}, "scope": {"orders"},
		}
		if !reflect.DeepEqual(asked, expected) {
			t.Errorf("asked for a token with %v", asked)
		}
		_, arn := d.destination(t, connection.ConnectionArn, "/orders")
		id, found := d.deliver(t, target(*arn))
		if event := readEvent(t, found.body); event.ID != id {
			t.Errorf("there came %v, not %s", event, id)
		}
		expectHeaders(t, found, map[string]string{"authorization": "Bearer " + accessToken})
	})
	t.Run("once more after a refusal", func(t *testing.T) {
		connection := d.connect(t, ebtypes.ConnectionAuthorizationTypeBasic, basic)
		_, arn := d.destination(t, connection.ConnectionArn, "/orders")
		d.web.refuse(1)
		_, refused := d.deliver(t, target(*arn))
		if again := next(t, d.web.requests); again.body != refused.body {
			t.Errorf("there came %s, and then %s", refused.body, again.body)
		}
	})
	t.Run("not without authorization", func(t *testing.T) {
		connection := d.connect(t, ebtypes.ConnectionAuthorizationTypeBasic, basic)
		name, _ := d.destination(t, connection.ConnectionArn, "/orders")
		must[*eventbridge.DeauthorizeConnectionOutput](t)(d.client.DeauthorizeConnection(
			background, &eventbridge.DeauthorizeConnectionInput{Name: connection.Name},
		))
		eventually(t, "the connection is deauthorized", func() bool {
			return d.describe(t, connection.Name).ConnectionState == ebtypes.ConnectionStateDeauthorized
		})
		found := must[*eventbridge.DescribeApiDestinationOutput](t)(d.client.DescribeApiDestination(
			background, &eventbridge.DescribeApiDestinationInput{Name: name},
		))
		if found.ApiDestinationState != ebtypes.ApiDestinationStateInactive {
			t.Errorf("described as %v", found)
		}
	})
	t.Run("errors", func(t *testing.T) {
		connection := d.connect(t, ebtypes.ConnectionAuthorizationTypeBasic, basic)
		name, _ := d.destination(t, connection.ConnectionArn, "/orders")
		_, err := d.client.CreateConnection(background, &eventbridge.CreateConnectionInput{
			Name: connection.Name, AuthorizationType: ebtypes.ConnectionAuthorizationTypeBasic, AuthParameters: &basic,
		})
		expectError[*ebtypes.ResourceAlreadyExistsException](t, err)
		_, err = d.client.CreateConnection(background, &eventbridge.CreateConnectionInput{
			Name: aws.String("mixed"), AuthorizationType: ebtypes.ConnectionAuthorizationTypeApiKey, AuthParameters: &basic,
		})
		expectCode(t, err, "ValidationException")
		destination := eventbridge.CreateApiDestinationInput{
			Name: name, ConnectionArn: connection.ConnectionArn, InvocationEndpoint: &d.web.url,
			HttpMethod: ebtypes.ApiDestinationHttpMethodPost,
		}
		_, err = d.client.CreateApiDestination(background, &destination)
		expectError[*ebtypes.ResourceAlreadyExistsException](t, err)
		destination.ConnectionArn = aws.String(*connection.ConnectionArn + "0")
		_, err = d.client.CreateApiDestination(background, &destination)
		expectError[*ebtypes.ResourceNotFoundException](t, err)
		must[*eventbridge.DeleteApiDestinationOutput](t)(d.client.DeleteApiDestination(
			background, &eventbridge.DeleteApiDestinationInput{Name: name},
		))
		must[*eventbridge.DeleteConnectionOutput](t)(d.client.DeleteConnection(
			background, &eventbridge.DeleteConnectionInput{Name: connection.Name},
		))
		_, err = d.client.DescribeApiDestination(background, &eventbridge.DescribeApiDestinationInput{Name: name})
		expectError[*ebtypes.ResourceNotFoundException](t, err)
		_, err = d.client.DescribeConnection(background, &eventbridge.DescribeConnectionInput{Name: connection.Name})
		expectError[*ebtypes.ResourceNotFoundException](t, err)
	})
}
