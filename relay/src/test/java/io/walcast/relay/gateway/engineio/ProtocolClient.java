package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.websocket.EmbeddedServer;
import io.walcast.relay.gateway.websocket.TestWebSocket;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Speaks Engine.IO and Socket.IO packet by packet, so that tests can also speak it wrongly. */
public final class ProtocolClient {

    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final EmbeddedServer server;
    private final String path;

    public ProtocolClient(EmbeddedServer server, String path) {
        this.server = server;
        this.path = path;
    }

    public HttpResponse<String> request(String method, String query, String body, String... headers)
            throws IOException, InterruptedException {
        return http.send(build(method, query, body, headers), BodyHandlers.ofString());
    }

    public HttpResponse<String> get(String query) throws IOException, InterruptedException {
        return request("GET", query, null);
    }

    /** Opens a session with long-polling. */
    public String open() throws IOException, InterruptedException {
        HttpResponse<String> response = get("?EIO=4&transport=polling");
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return sid(response.body());
    }

    public HttpResponse<String> poll(String sid) throws IOException, InterruptedException {
        return get("?EIO=4&transport=polling&sid=" + sid);
    }

    public CompletableFuture<HttpResponse<String>> pollAsync(String sid) {
        return http.sendAsync(build("GET", "?EIO=4&transport=polling&sid=" + sid, null), BodyHandlers.ofString());
    }

    public HttpResponse<String> post(String sid, String body) throws IOException, InterruptedException {
        return request("POST", "?EIO=4&transport=polling&sid=" + sid, body);
    }

    public TestWebSocket webSocket() {
        return webSocket("?EIO=4&transport=websocket");
    }

    public TestWebSocket webSocket(String query) {
        return TestWebSocket.connect(server.ws(path + query));
    }

    /** The WebSocket of a session that began with long-polling. */
    public TestWebSocket upgrade(String sid) {
        return webSocket("?EIO=4&transport=websocket&sid=" + sid);
    }

    /** A WebSocket whose open packet has been read. */
    public TestWebSocket openWebSocket() throws InterruptedException {
        TestWebSocket socket = webSocket();
        String open = socket.nextText();
        if (!open.startsWith("0{")) {
            throw new AssertionError(open);
        }
        return socket;
    }

    /** The next message that is no ping; pings are answered. */
    public static Object next(TestWebSocket socket) throws InterruptedException {
        Object message = socket.next();
        while (message.equals("2")) {
            socket.send("3");
            message = socket.next();
        }
        return message;
    }

    public static String sid(String packet) {
        Matcher matcher = SID.matcher(packet);
        if (!matcher.find()) {
            throw new AssertionError("no sid in " + packet);
        }
        return matcher.group(1);
    }

    private HttpRequest build(String method, String query, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.http(path + query))
                .timeout(Duration.ofSeconds(10))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }
}
