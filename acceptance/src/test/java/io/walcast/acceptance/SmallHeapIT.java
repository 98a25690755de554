package io.walcast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What clients can make the process hold fits a heap of 384 MB, whoever they are: it would end at the first
 * {@code OutOfMemoryError}. Meanwhile others are served.
 */
class SmallHeapIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CONTENT = 64 * 1024;
    private static final int SERVED = 60;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path directory;

    private static Database database;
    private static WalcastProcess walcast;

    private final List<Socket> sockets = new ArrayList<>();
    private final List<WebSocket> webSockets = new ArrayList<>();
    private Bystanders others;

    @BeforeAll
    static void start() {
        database = Database.start(Map.of());
        walcast = new WalcastProcess(
                        directory, database.properties(database.port()), "-Xmx384m", "-XX:+ExitOnOutOfMemoryError")
                .start();
    }

    @AfterAll
    static void stop() {
        walcast.close();
        database.close();
    }

    @BeforeEach
    void beginToPost() {
        others = new Bystanders(walcast);
    }

    @AfterEach
    void isStillThere() throws IOException {
        others.close();
        for (var socket : sockets) {
            socket.close();
        }
        webSockets.forEach(WebSocket::abort);
        assertThat(walcast.isAlive()).isTrue();
        assertThat(walcast.hasLogged("OutOfMemoryError")).isFalse();
    }

    @Test
    void longHistoriesThatManyReadSlowly() throws IOException {
        var conversation = new RestClient(walcast).createConversation();
        fill(conversation);
        for (int reader = 0; reader < 60; reader++) {
            get("/conversations/" + conversation + "/messages?limit=1000");
        }
        others.assertServed(SERVED);
        var page = new RestClient(walcast).get("/conversations/" + others() + "/messages?limit=1");
        assertThat(page).as("a read of somebody else").hasSize(1);
    }

    @Test
    void membersOfTheLongestNamesInManyConversations() throws IOException {
        for (int i = 0; i < 40; i++) {
            database.sql().sql("""
                    with c as (insert into conversations (id) values (gen_random_uuid()) returning id),
                         me as (insert into members (conversation_id, user_id) select id, 'listener' from c)
                    insert into members (conversation_id, user_id)
                    select id, repeat('w', 240) || n from c, generate_series(1, 5000) n
                    """).update();
        }
        for (int reader = 0; reader < 60; reader++) {
            get("/conversations?limit=500");
        }
        others.assertServed(SERVED);
    }

    @Test
    void attachmentsThatDoNotCome() {
        String header = "4510-[\"e\",\"" + "x".repeat(990_000) + "\"]";
        for (int i = 0; i < 100; i++) {
            var client = new Client("/socket.io/?EIO=4&transport=websocket");
            client.send("40{\"userId\":\"hoarder\"}");
            client.await("40{");
            client.send(header);
            for (int attachment = 0; attachment < 9; attachment++) {
                client.sendBinary(100_000);
            }
        }
        others.assertServed(SERVED);
        assertThat(connects("after")).isTrue();
    }

    @Test
    void largeMessagesOfPeopleWhoDoNotSayWhoTheyAre() throws IOException {
        String tree = "[" + "{},".repeat(320_000) + "{}]";
        for (int i = 0; i < 60; i++) {
            new Client("/ws").send("{\"event\":\"authenticate\",\"data\":" + tree + "}");
            new Client("/socket.io/?EIO=4&transport=websocket").send("40{\"x\":" + tree + "}");
        }
        for (int i = 0; i < 200; i++) {
            var sid = open();
            var post = connect();
            try {
                post.getOutputStream()
                        .write(("POST /socket.io/?EIO=4&transport=polling&sid=" + sid
                                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n4"
                                        + "0".repeat(900_000))
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                // It was refused by its length already.
            }
        }
        others.assertServed(SERVED);
    }

    @Test
    void treesOfPeopleWhoDid() {
        String tree = "[" + "{},".repeat(320_000) + "{}]";
        for (int i = 0; i < 90; i++) {
            new Client("/ws?userId=gardener").send("{\"id\":1,\"event\":\"ping\",\"data\":" + tree + "}");
        }
        others.assertServed(SERVED);
    }

    @Test
    void idsAndNamesThatWouldComeBack() {
        String name = "x".repeat(950_000);
        for (int i = 0; i < 60; i++) {
            var client = new Client("/ws?userId=echo");
            for (int times = 0; times < 5; times++) {
                client.send("{\"id\":\"" + name + "\",\"event\":\"ping\"}");
                client.send("{\"id\":1,\"event\":\"" + name + "\"}");
            }
        }
        others.assertServed(SERVED);
    }

    @Test
    void formsAndPartsOfAnyLength() throws IOException {
        var piece = "x".repeat(1_000_000).getBytes(StandardCharsets.US_ASCII);
        for (String type : List.of("application/x-www-form-urlencoded", "multipart/form-data; boundary=b")) {
            for (String method : List.of("PUT", "POST")) {
                try {
                    var out = connect().getOutputStream();
                    out.write((method + " /messages HTTP/1.1\r\nHost: localhost\r\nX-User-Id: form\r\nContent-Type: "
                                    + type + "\r\nContent-Length: 600000000\r\n\r\na=")
                            .getBytes(StandardCharsets.US_ASCII));
                    for (int sent = 0; sent < 600; sent++) {
                        out.write(piece);
                    }
                } catch (IOException e) {
                    // Refused already.
                }
            }
        }
        others.assertServed(SERVED);
    }

    @Test
    void aListThatIsWrongAtEveryPlace() throws IOException {
        String body = "{\"members\":[" + "\" \",".repeat(60_000) + "\" \"]}";
        for (int i = 0; i < 40; i++) {
            connect()
                    .getOutputStream()
                    .write(("POST /conversations HTTP/1.1\r\nHost: localhost\r\nX-User-Id: wrong\r\n"
                                    + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                    + body)
                            .getBytes(StandardCharsets.US_ASCII));
        }
        others.assertServed(SERVED);
    }

    @Test
    void headersThatDoNotEnd() throws IOException {
        for (int i = 0; i < 4_000; i++) {
            var socket = connect();
            socket.getOutputStream()
                    .write(("GET /conversations HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(500))
                            .getBytes(StandardCharsets.US_ASCII));
        }
        others.assertServed(SERVED);
    }

    @Test
    void twentyThousandPollsOfNobody() throws IOException {
        var socket = connect();
        for (int i = 1; i <= 20_000; i++) {
            socket.getOutputStream()
                    .write("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 200");
            if (i % 4_000 == 0) {
                assertThat(connects("honest" + i)).isTrue();
            }
        }
        others.assertServed(SERVED);
    }

    /** A thousand messages, the longest there are. */
    private static void fill(UUID conversation) {
        database.sql().sql("""
                insert into messages (id, conversation_id, seq, sender_id, type, content, created_at, outbox_id)
                select gen_random_uuid(), :c, n, 'poster', 'TEXT', repeat('x', :bytes), now(), 0
                from generate_series(1, 1000) n
                """).param("c", conversation).param("bytes", CONTENT).update();
        database.sql()
                .sql("update conversations set last_seq = 1000 where id = ?")
                .param(conversation)
                .update();
    }

    private static UUID others() {
        var rest = new RestClient(walcast);
        var conversation = rest.createConversation();
        rest.post(conversation, "something");
        return conversation;
    }

    private boolean connects(String user) {
        var client = new Client("/socket.io/?EIO=4&transport=websocket");
        try {
            client.send("40{\"userId\":\"" + user + "\"}");
            return client.await("40{");
        } finally {
            client.end();
        }
    }

    /** A client that asks and does not read the answer. */
    private void get(String path) throws IOException {
        connect()
                .getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nX-User-Id: listener\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private String open() throws IOException {
        var socket = connect();
        socket.getOutputStream()
                .write("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        String body = answer(socket.getInputStream());
        return body.substring(body.indexOf("\"sid\":\"") + 7).replaceFirst("\".*", "");
    }

    private Socket connect() throws IOException {
        var socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4 * 1024);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(new InetSocketAddress("127.0.0.1", walcast.port()), (int) PATIENCE.toMillis());
        return socket;
    }

    /** Head and body of an answer that says how long it is. */
    private static String answer(InputStream stream) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = stream.read();
            if (next < 0) {
                throw new IOException("closed after " + head);
            }
            head.write(next);
        }
        String text = head.toString(StandardCharsets.US_ASCII);
        int length = Stream.of(text.split("\r\n"))
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findAny()
                .orElse(0);
        return text + new String(stream.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** A WebSocket whose server may close it at any time. */
    private final class Client implements WebSocket.Listener {

        private final StringBuilder received = new StringBuilder();
        private final WebSocket socket;

        Client(String path) {
            socket = HTTP.newWebSocketBuilder()
                    .buildAsync(walcast.uri("ws", path), this)
                    .join();
            webSockets.add(socket);
        }

        void send(String text) {
            ignoringItsEnd(socket.sendText(text, true));
        }

        void sendBinary(int bytes) {
            ignoringItsEnd(socket.sendBinary(ByteBuffer.allocate(bytes), true));
        }

        /** Whether this came, in time. */
        boolean await(String part) {
            Awaitility.await().atMost(PATIENCE).until(() -> {
                synchronized (received) {
                    return received.indexOf(part) >= 0;
                }
            });
            return true;
        }

        void end() {
            socket.abort();
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            synchronized (received) {
                if (received.length() < 1_000) {
                    received.append(part);
                }
            }
            from.request(1);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            // The server may end it.
        }

        private void ignoringItsEnd(CompletableFuture<?> sending) {
            try {
                sending.get(10, TimeUnit.SECONDS);
            } catch (ExecutionException | CompletionException | TimeoutException e) {
                socket.abort();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
