package io.walcast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/** REST and relays in processes of their own, each with the rights of its part and no more. */
class SeparateProcessesIT {

    @Test
    void postsHereAreDeliveredThereAndAStoppedRelayIsReplaced() throws Exception {
        try (var trial = Trial.with().topology(Topology.STANDBY).start()) {
            var relay = trial.walcast();
            assertThat(status(trial.app().uri("http", "/socket.io/?EIO=4&transport=polling")))
                    .as("a process without a relay serves no clients")
                    .isEqualTo(404);
            assertThat(status(relay.uri("http", "/conversations")))
                    .as("a relay serves no REST")
                    .isEqualTo(404);
            assertThat(status(trial.standbyOf(relay).uri("http", "/socket.io/?EIO=4&transport=polling")))
                    .as("a standby takes no clients")
                    .isEqualTo(503);

            trial.expose("relay stopped, standby takes over", relay::stop).assertFlawless();

            assertThat(trial.walcast()).isNotSameAs(relay);
        }
    }

    private static int status(URI uri) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri).build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }
}
