package io.walcast.identity;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
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

    /** What is read is in Tomcat's own buffer, and stays there. */
    private static final ApplicationBufferHandler NOWHERE = new ApplicationBufferHandler() {

        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

        @Override
        public void setByteBuffer(ByteBuffer read) {}

        @Override
        public ByteBuffer getByteBuffer() {
            return NOTHING;
        }

        @Override
        public void expand(int size) {}
    };

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
        org.apache.coyote.Request body = request.getCoyoteRequest();
        if (response.getStatus() >= REFUSED && !request.isAsync() && !isRead(body)) {
            response.finishResponse();
            drain(body);
            if (!isRead(body)) {
                body.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            }
        }
    }

    /** Below the servlet's stream, which is closed with the answer, and which cannot ask the network without waiting. */
    private static void drain(org.apache.coyote.Request request) throws IOException {
        long begun = System.nanoTime();
        try {
            while (!isRead(request) && System.nanoTime() - begun < LONGEST) {
                request.action(ActionCode.AVAILABLE, Boolean.TRUE);
                if (request.getAvailable() == 0) {
                    Thread.sleep(PAUSE_MILLIS);
                } else if (request.doRead(NOWHERE) < 0) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isRead(org.apache.coyote.Request request) {
        var read = new AtomicBoolean();
        request.action(ActionCode.REQUEST_BODY_FULLY_READ, read);
        return read.get();
    }
}
