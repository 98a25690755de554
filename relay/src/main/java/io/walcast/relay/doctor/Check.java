package io.walcast.relay.doctor;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One subject to ask a server about. It is asked in a read-only transaction that limits each statement. */
interface Check {

    /** What it is about, in a word or two. */
    String topic();

    /**
     * At least one finding.
     *
     * @throws org.springframework.dao.DataAccessException if the server does not answer the question
     */
    List<Finding> ask(JdbcClient jdbc);
}
