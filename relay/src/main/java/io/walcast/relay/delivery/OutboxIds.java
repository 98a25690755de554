package io.walcast.relay.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Queries for ids of the outbox and its low water, whose cost does not grow with the outbox. */
final class OutboxIds implements IdRange.LowestId {

    /** The stored id below which every row is settled; 0 if none is stored. */
    static final String LOW_WATER =
            "select coalesce((select low_water_id from relay_slots where slot_name = :slot), 0)";

    private static final String NEWEST = "select coalesce(max(id), :from - 1) from outbox where id >= :from";

    private static final String LOWEST = "select min(id) from outbox where id between :first and :last";

    private final JdbcClient jdbc;

    OutboxIds(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The stored id below which every row is settled; 0 if none is stored. */
    long lowWater(String slot) {
        return jdbc.sql(LOW_WATER).param("slot", slot).query(Long.class).single();
    }

    /** The highest visible id; {@code from - 1} if there is none from {@code from} on. */
    long newest(long from) {
        return jdbc.sql(NEWEST).param("from", from).query(Long.class).single();
    }

    @Override
    public OptionalLong between(long first, long last) {
        return jdbc.sql(LOWEST)
                .param("first", first)
                .param("last", last)
                .query(OutboxIds::optional)
                .single();
    }

    static OptionalLong optional(ResultSet row, int number) throws SQLException {
        long id = row.getLong(1);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(id);
    }
}
