package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.walcast.relay.RelayFixture;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** How a request for a WebSocket is answered, whatever is wrong with it, and that nobody finds it in the log. */
class HandshakeIT {

    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

    @RegisterExtension
    static final RelayFixture relay = RelayFixture.withDefaults();

    @BeforeAll
    static void watchLog() {
        LOG.start();
        ROOT.addAppender(LOG);
    }

    @AfterAll
    static void unwatchLog() {
        ROOT.detachAppender(LOG);
    }

    /** The headers of a proper handshake follow, except for those that are given; {@code |} separates given ones. */
    @ParameterizedTest(name = "{0} {1} with {2}: {3}")
    @CsvSource({
        "GET, /ws, X: y, 101",
        "GET, /ws, Upgrade: WebSocket, 101",
        "GET, /ws, 'Upgrade: h3, websocket', 101",
        "GET, /ws, Connection: UPGRADE, 101",
        "GET, /ws, 'Connection: keep-alive, upgrade', 101",
        "GET, /ws, Sec-WebSocket-Extensions: ;, 101",
        "GET, /ws, Sec-WebSocket-Extensions: permessage-deflate, 101",
        "GET, /ws, Sec-WebSocket-Protocol: chat, 101",
        "GET, /ws?x=%zz, X: y, 401",
        "GET, /ws?userId=%zz, X: y, 401",
        "GET, /ws, Upgrade: h2c, 426",
        "GET, /ws, Connection: close, 426",
        "POST, /ws, X: y, 426",
        "GET, /ws, Sec-WebSocket-Version: 8, 426",
        "GET, /ws, Sec-WebSocket-Key: short, 400",
        "GET, /ws, Origin: https://elsewhere.example, 403",
        "GET, /ws, Origin: ], 403",
        "GET, /ws, 'Origin: ]|Sec-WebSocket-Version: 8', 426",
        "GET, /ws, 'Origin: ]|Sec-WebSocket-Key: short', 400",
        "GET, /ws?userId=%zz, 'Origin: ]|Sec-WebSocket-Version: 8', 401",
        "GET, /socket.io/?EIO=4&transport=websocket, X: y, 101",
        "GET, /socket.io/?EIO=4&transport=websocket, Sec-WebSocket-Extensions: ;, 101",
        "GET, /socket.io/?EIO=4&transport=websocket, Connection: UPGRADE, 101",
        "GET, /socket.io/?EIO=4&transport=websocket, Sec-WebSocket-Version: 8, 426",
        "GET, /socket.io/?EIO=4&transport=websocket, Sec-WebSocket-Key: short, 400",
        "GET, /socket.io/?EIO=4&transport=websocket, Upgrade: h2c, 400",
        "GET, /socket.io/?EIO=3&transport=websocket, X: y, 400",
        "GET, /socket.io/?EIO=4&transport=websocket&sid=none, X: y, 400",
        "POST, /socket.io/?EIO=4&transport=websocket, X: y, 400",
        "GET, /socket.io/?EIO=3&transport=websocket, Origin: ], 403",
    })
    void isAnsweredInOrderAndNotLogged(String method, String path, String given, int status) throws IOException {
        String head = request(method, path, given.split("\\|"));
        assertThat(head).startsWith("HTTP/1.1 " + status);
        assertThat(head.contains("Sec-WebSocket-Version: 13")).isEqualTo(status == 426);
        assertThat(head).doesNotContainIgnoringCase("Sec-WebSocket-Extensions");
        assertThat(LOG.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .isEmpty();
    }

    private static String request(String method, String path, String... given) throws IOException {
        var request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : given) {
            request.append(header).append("\r\n");
        }
        for (String header : new String[] {
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Content-Length: 0"
        }) {
            String name = header.substring(0, header.indexOf(':') + 1);
            if (request.indexOf("\r\n" + name) < 0) {
                request.append(header).append("\r\n");
            }
        }
        try (var socket = new Socket("127.0.0.1", relay.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    break;
                }
                head.append((char) next);
            }
            return head.toString();
        }
    }
}
