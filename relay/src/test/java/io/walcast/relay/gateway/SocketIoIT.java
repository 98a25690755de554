package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.Outbox;
import io.walcast.relay.RelayFixture;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The chat over Socket.IO, with the whole relay: what a client sends and gets, packet by packet. */
class SocketIoIT {

    @RegisterExtension
    static final RelayFixture relay = RelayFixture.withDefaults();

    private final HttpClient http = HttpClient.newHttpClient();
    private Outbox outbox;
    private UUID conversation;

    @BeforeEach
    void createConversation() {
        outbox = relay.outbox();
        conversation = outbox.conversation();
    }

    @Test
    void joinsGetsWhatItMissedAndWhatComesAndLeaves() throws Exception {
        outbox.post(conversation, 2);
        try (var grace = SocketIoClientSocket.open(relay.port())) {
            grace.connect("{'userId':'grace'}");
            grace.send("421['join.conversation',{'conversationId':'" + conversation + "','after':1}]");
            JsonNode joined = grace.ack(1);
            assertThat(joined.path("ok").booleanValue()).isTrue();
            assertThat(joined.path("lastSeq").longValue()).isEqualTo(2);
            grace.expectMessages(2, 2);
            outbox.post(conversation, 2);
            grace.expectMessages(3, 4);

            grace.send("422['leave.conversation',{'conversationId':'" + conversation + "'}]");
            assertThat(grace.ack(2).path("ok").booleanValue()).isTrue();
        }
    }

    @Test
    void refusesWithACodeOfTheList() throws Exception {
        try (var eve = SocketIoClientSocket.open(relay.port())) {
            eve.connect("{'userId':'eve'}");
            eve.send("421['join.conversation',{'conversationId':'" + conversation + "'}]");
            assertThat(eve.ack(1).path("error").path("code").stringValue()).isEqualTo("not_found");
            eve.send("422['no.such.event']");
            assertThat(eve.ack(2).path("error").path("code").stringValue()).isEqualTo("bad_request");
            eve.send("42['join.conversation']");
            assertThat(eve.event("error").path("error").path("code").stringValue())
                    .isEqualTo("bad_request");
        }
    }

    @Test
    void refusesAClientThatDoesNotSayWhoItIs() throws Exception {
        try (var nobody = SocketIoClientSocket.open(relay.port())) {
            assertThat(nobody.send("40").next()).isEqualTo("44{\"message\":\"unauthorized\",\"data\":{\"code\":401}}");
            assertThat(nobody.connect("{'userId':'ada'}").path("sid").isString())
                    .isTrue();
        }
    }

    @Test
    void servesLongPollingAndItsPreflights() throws Exception {
        HttpResponse<String> preflight = request("OPTIONS", "", "", "Origin", "http://localhost:8080");
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue("http://localhost:8080");

        String sid = request("GET", "", "").body().replaceAll(".*\"sid\":\"([^\"]+)\".*", "$1");
        assertThat(request("POST", "&sid=" + sid, "40{'userId':'grace'}".replace('\'', '"'))
                        .body())
                .isEqualTo("ok");
        assertThat(request("GET", "&sid=" + sid, "").body()).startsWith("40{\"sid\":");
        request(
                "POST",
                "&sid=" + sid,
                "421[\"join.conversation\",{\"conversationId\":\"" + conversation + "\",\"after\":0}]");
        var received = new StringBuilder();
        while (received.indexOf("431[{\"ok\":true") < 0) {
            received.append(request("GET", "&sid=" + sid, "").body());
        }
        outbox.post(conversation, 1);
        assertThat(request("GET", "&sid=" + sid, "").body()).contains("\"message.created\"");
    }

    private HttpResponse<String> request(String method, String query, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + relay.port() + "/socket.io/?EIO=4&transport=polling" + query))
                .method(method, method.equals("POST") ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
