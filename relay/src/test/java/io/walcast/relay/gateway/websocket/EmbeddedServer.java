package io.walcast.relay.gateway.websocket;

import io.walcast.relay.SelfSigned;
import java.net.InetAddress;
import java.net.URI;
import java.util.Map;
import org.apache.tomcat.websocket.server.WsContextListener;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.web.HttpRequestHandler;

/** A real Tomcat on a free port of loopback that serves the given handlers. */
public final class EmbeddedServer implements AutoCloseable {

    private final WebServer server;

    private EmbeddedServer(WebServer server) {
        this.server = server;
    }

    public static EmbeddedServer start(String path, HttpRequestHandler handler) {
        return start(0, Map.of(path, handler));
    }

    /** @param port 0 for a free one */
    public static EmbeddedServer start(int port, Map<String, HttpRequestHandler> handlers) {
        return start(new TomcatServletWebServerFactory(port), handlers);
    }

    static EmbeddedServer startTls(SelfSigned certificate, HttpRequestHandler handler) {
        var factory = new TomcatServletWebServerFactory(0);
        factory.setSsl(certificate.settings());
        return start(factory, Map.of("/", handler));
    }

    private static EmbeddedServer start(
            TomcatServletWebServerFactory factory, Map<String, HttpRequestHandler> handlers) {
        factory.setAddress(InetAddress.getLoopbackAddress());
        factory.addConnectorCustomizers(connector -> connector.setProperty("maxConnections", "20000"));
        new TomcatBuffers(TestTransport.KIND).customize(factory);
        factory.addContextCustomizers(context -> context.addApplicationListener(WsContextListener.class.getName()));
        WebServer server = factory.getWebServer(context -> {
            for (Map.Entry<String, HttpRequestHandler> entry : handlers.entrySet()) {
                var registration =
                        new ServletRegistrationBean<>(new HandlerServlet(entry.getValue()), entry.getKey() + "*");
                registration.setName(entry.getKey());
                registration.setAsyncSupported(true);
                registration.onStartup(context);
            }
        });
        server.start();
        return new EmbeddedServer(server);
    }

    public int port() {
        return server.getPort();
    }

    public URI http(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port() + pathAndQuery);
    }

    public URI ws(String pathAndQuery) {
        return URI.create("ws://127.0.0.1:" + port() + pathAndQuery);
    }

    @Override
    public void close() {
        server.stop();
        server.destroy();
    }
}
