package io.walcast.relay.doctor;

import io.walcast.relay.wal.Footing;
import io.walcast.relay.wal.WalSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whether the publication brings each row of the outbox, and nothing besides. */
final class PublicationCheck implements Check {

    private static final String SHAPE = """
            select pubupdate or pubdelete or pubtruncate as more_than_inserts,
                   puballtables or exists (select from pg_publication_namespace where pnpubid = p.oid) as whole_schema,
                   (select count(*) from pg_publication_rel
                    where prpubid = p.oid and prrelid <> to_regclass('public.outbox'))::int as other_tables,
                   pubviaroot as via_root,
                   coalesce((select relispartition from pg_class where oid = to_regclass('public.outbox')), false)
                       as partition,
                   coalesce((select relkind = 'p' from pg_class where oid = to_regclass('public.outbox')), false)
                       as partitioned
            from pg_publication p
            where pubname = ?
            """;

    private record Shape(
            boolean moreThanInserts,
            boolean wholeSchema,
            int otherTables,
            boolean viaRoot,
            boolean partition,
            boolean partitioned) {}

    private final WalSettings settings;

    PublicationCheck(WalSettings settings) {
        this.settings = settings;
    }

    @Override
    public String topic() {
        return "publication";
    }

    @Override
    public List<Finding> ask(JdbcClient jdbc) {
        Footing footing = Footing.find(jdbc, settings);
        List<Finding> findings = new ArrayList<>();
        if (footing.publicationFault() != null) {
            findings.add(Finding.missing(
                    topic(),
                    footing.publicationFault(),
                    footing.outbox()
                            ? footing.publicationRemedy() + ";"
                            : "migrate the schema first: the publication comes with it"));
        }
        Optional<Shape> shape =
                jdbc.sql(SHAPE).param(settings.publication()).query(Shape.class).optional();
        shape.ifPresent(found -> judge(found, findings));
        if (findings.isEmpty()) {
            findings.add(
                    Finding.ok(topic(), settings.publication() + " brings the inserts of the outbox, and no more"));
        }
        return findings;
    }

    private void judge(Shape shape, List<Finding> findings) {
        String name = settings.publication();
        if (shape.partitioned() && !shape.viaRoot() || shape.partition() && shape.viaRoot()) {
            findings.add(Finding.missing(
                    topic(),
                    name + " brings the rows of the outbox under the name of another table",
                    "alter publication " + name + " set (publish_via_partition_root = " + shape.partitioned() + ");"));
        }
        if (shape.moreThanInserts()) {
            findings.add(Finding.warning(
                    topic(),
                    name + " publishes more than inserts: the relay reads its own marks back from the WAL",
                    "alter publication " + name + " set (publish = 'insert');"));
        }
        if (shape.wholeSchema()) {
            findings.add(Finding.warning(
                    topic(),
                    name + " publishes whole schemas: the relay decodes the rows of all their tables, and drops them",
                    "make it again for table outbox alone, while no relay runs: drop publication " + name + ";"));
        }
        if (shape.otherTables() > 0) {
            findings.add(Finding.warning(
                    topic(),
                    name + " publishes " + shape.otherTables() + " more tables, whose rows the relay decodes and drops",
                    "alter publication " + name
                            + " set table outbox (id, topic, event_key, payload, headers, created_at);"));
        }
    }
}
