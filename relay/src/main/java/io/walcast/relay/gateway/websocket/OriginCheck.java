package io.walcast.relay.gateway.websocket;

import io.walcast.identity.OriginRefusal;
import io.walcast.identity.OriginSettings;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;

/** Lets in the pages of {@link OriginSettings}, and answers others with 403 and a problem document. Stateless. */
public final class OriginCheck implements HandshakeCheck {

    private final OriginSettings origins;

    public OriginCheck(OriginSettings origins) {
        this.origins = origins;
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes)
            throws IOException {
        return admit(
                ((ServletServerHttpRequest) request).getServletRequest(),
                ((ServletServerHttpResponse) response).getServletResponse());
    }

    /** @return false if the origin is not allowed; then the request has been answered */
    boolean admit(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (origins.permit(request)) {
            return true;
        }
        OriginRefusal.write(response);
        return false;
    }
}
