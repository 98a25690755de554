package io.walcast.relay.doctor;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Lines of {@code pg_hba.conf} that let strangers in; few logins may read them. */
final class AccessCheck implements Check {

    private static final String READABLE = """
            select has_table_privilege('pg_hba_file_rules', 'select')
                   and has_function_privilege('pg_hba_file_rules()', 'execute')
            """;

    private static final String WIDE = """
            select line_number, type, auth_method, address
            from pg_hba_file_rules
            where type like 'host%'
              and (auth_method = 'trust' or auth_method = 'password' and type <> 'hostssl')
              and address not in ('127.0.0.1', '::1', 'localhost', 'samehost')
              and error is null
            order by line_number
            limit 5
            """;

    private record Line(int lineNumber, String type, String authMethod, String address) {}

    @Override
    public String topic() {
        return "pg_hba.conf";
    }

    @Override
    public List<Finding> ask(JdbcClient jdbc) {
        if (!jdbc.sql(READABLE).query(Boolean.class).single()) {
            return List.of(Finding.ok(topic(), "not looked at: the login may not read it"));
        }
        List<Finding> findings = jdbc.sql(WIDE).query(Line.class).list().stream()
                .map(line -> Finding.warning(
                        topic(),
                        "line " + line.lineNumber() + " lets logins in from " + line.address()
                                + (line.authMethod().equals("trust")
                                        ? " without a password"
                                        : " with a password that the network can read"),
                        "replace " + line.authMethod()
                                + " by scram-sha-256 in that line, then: select pg_reload_conf();"))
                .toList();
        return findings.isEmpty() ? List.of(Finding.ok(topic(), "no line lets strangers in")) : findings;
    }
}
