package io.walcast.relay.doctor;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One check of a server. It runs in a read-only transaction that limits each statement. */
interface Check {

    /** Its subject, in a word or two. */
    String topic();

    /**
     * At least one finding.
     *
     * @throws org.springframework.dao.DataAccessException if the server does not answer the question
     */
    List<Finding> ask(JdbcClient jdbc);
}
