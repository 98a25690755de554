package io.walcast.identity;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.springframework.http.MediaType;

/** Refuses requests ahead of every handler, in the form that handlers have (RFC 9457). Texts are constants: no user's. */
final class Problems {

    private Problems() {}

    /** @param code one of the catalogue that {@code /problems} serves */
    static void answer(HttpServletResponse response, int status, String code, String title, String detail)
            throws IOException {
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.getWriter().write(String.format(Locale.ROOT, """
                        {"type":"/problems/%s","title":"%s","status":%d,"detail":"%s","code":"%1$s"}""", code, title, status, detail));
    }

    static void forbidden(HttpServletResponse response, String detail) throws IOException {
        answer(response, HttpServletResponse.SC_FORBIDDEN, "forbidden", "Not for this caller", detail);
    }
}
