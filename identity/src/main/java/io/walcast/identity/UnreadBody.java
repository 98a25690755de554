package io.walcast.identity;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Ends a request that is refused without the rest of its body. Tomcat would read that rest, and wait 10 s for each piece
 * of it with a thread; a client that has it on its way still gets half a second, since it might not see the answer
 * otherwise. Stateless.
 */
final class UnreadBody extends ValveBase implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    private static final int REFUSED = 400;
    private static final long LONGEST = Duration.ofMillis(500).toNanos();
    private static final long PAUSE_MILLIS = 10;
    private static final int PIECE = 8 * 1024;

    UnreadBody() {
        super(true);
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addEngineValves(this);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        getNext().invoke(request, response);
        if (response.getStatus() >= REFUSED && !request.isAsync() && !isRead(request)) {
            response.finishResponse();
            drain(request);
            if (!isRead(request)) {
                request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            }
        }
    }

    private static void drain(Request request) throws IOException {
        long begun = System.nanoTime();
        byte[] piece = new byte[PIECE];
        ServletInputStream body = request.getInputStream();
        try {
            while (!isRead(request) && System.nanoTime() - begun < LONGEST) {
                if (body.available() > 0) {
                    if (body.read(piece, 0, Math.min(piece.length, body.available())) < 0) {
                        return;
                    }
                } else {
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isRead(Request request) {
        var read = new AtomicBoolean();
        request.getCoyoteRequest().action(ActionCode.REQUEST_BODY_FULLY_READ, read);
        return read.get();
    }
}
