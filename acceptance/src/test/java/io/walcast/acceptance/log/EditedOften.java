package io.walcast.acceptance.log;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Edits one message again and again, many times in a statement. */
final class EditedOften {

    private static final int AT_ONCE = 200;

    private final JdbcClient jdbc;

    EditedOften(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Returns how many edits were made. */
    long edit(UUID message, int times) {
        long edits = 0;
        for (int done = 0; done < times; done += AT_ONCE) {
            edits += jdbc.sql("""
                            select count(*) from generate_series(:from::int, :to::int) n
                            where edit_message(:m, 'u0', 'edit ' || n, null, '{}') = 'edited'
                            """)
                    .param("from", done)
                    .param("to", Math.min(times, done + AT_ONCE) - 1)
                    .param("m", message)
                    .query(Long.class)
                    .single();
        }
        return edits;
    }
}
