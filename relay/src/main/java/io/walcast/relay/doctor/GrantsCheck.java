package io.walcast.relay.doctor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whether the login has the privileges of the relay's statements, and whether their tables and functions exist. */
final class GrantsCheck implements Check {

    /** As the migrations grant it to {@code walcast_relay}. */
    private static final String REQUIRED = """
            with required (object, privilege, names) as (values
                ('conversations', 'select',
                    '{id, last_seq, events, title, version, created_at, updated_at, changed_in}'::text[]),
                ('members', 'select', '{conversation_id, user_id, role, version, read_seq, changed_in}'),
                ('former_members', 'select', '{conversation_id, user_id, version, changed_in}'),
                ('messages', 'select',
                    '{id, conversation_id, seq, sender_id, type, content, parent_id, created_at, outbox_id, pos, version,
                      edited_at, deleted_at}'),
                ('reaction_states', 'select', '{message_id, version, kinds}'),
                ('conversation_events', 'select', '{conversation_id, pos, number, topic, subject}'),
                ('own_states', 'select', '{conversation_id, topic, subject, version, payload}'),
                ('outbox', 'select',
                    '{id, topic, event_key, payload, headers, created_at, published_at, attempts, last_error}'),
                ('outbox', 'update', '{published_at, attempts, last_error}'),
                ('outbox_parked', 'select', '{outbox_id, parked_at}'),
                ('outbox_parked', 'insert', '{outbox_id}'),
                ('relay_slots', 'select',
                    '{slot_name, low_water_id, sweep_pending, sweep_reason, owner_epoch, acknowledge_lsn, history,
                      publication, outbox_files}'),
                ('relay_slots', 'insert', '{slot_name, sweep_pending, sweep_reason, owner_epoch}'),
                ('relay_slots', 'update',
                    '{low_water_id, sweep_pending, sweep_reason, owner_epoch, acknowledge_lsn, history, publication,
                      outbox_files, updated_at}'),
                ('ops_audit', 'select', '{id, at, who, action, subject, outcome}'),
                ('ops_audit', 'insert', '{who, action, subject}'),
                ('ops_audit', 'update', '{outcome}')
            ),
            functions (signature) as (values
                ('unsettled_outbox(bigint, bigint)'),
                ('sweep_page(bigint, bigint, int, bigint)'),
                ('delete_published_outbox(bigint, bigint, timestamptz)'),
                ('redrive_outbox(bigint)'),
                ('append_canary(jsonb)'),
                ('log_page(uuid, bigint, bigint, int, bigint)')
            )
            """;

    private static final String LACKING = REQUIRED + """
            select object as name, false as present, null as grant
            from required r
            where to_regclass('public.' || object) is null
               or exists (select from unnest(names) n
                          where n not in (select attname from pg_attribute
                                          where attrelid = to_regclass('public.' || object) and not attisdropped))
            union
            select signature, false, null from functions where to_regprocedure('public.' || signature) is null
            union
            select object, true,
                   format('grant %s (%s) on public.%s to ', privilege, string_agg(attname, ', ' order by attnum), object)
            from required r
            join pg_attribute on attrelid = to_regclass('public.' || object) and attname = any (names)
            where not has_column_privilege(attrelid, attnum, privilege)
            group by object, privilege
            union
            select signature, true, format('grant execute on function public.%s to ', signature)
            from functions
            where not has_function_privilege(to_regprocedure('public.' || signature), 'execute')
            order by 2, 1, 3
            """;

    /** Row security without policies hides every row from the login, and an error comes only with a write. */
    private static final String HIDDEN = REQUIRED + """
            select distinct object from required
            where row_security_active(to_regclass('public.' || object))
            order by object
            """;

    /**
     * Default privileges give what is made later to a role, and a migration takes nothing away from a role that it does
     * not know. Reading is left out, which an owner may allow on purpose, and so is append_event.
     */
    private static final String STRANGERS = """
            with ours as (
                select relowner as owner from pg_class where oid = to_regclass('public.outbox')
            ), granted as (
                select 'function ' || p.oid::regprocedure as object, a.grantee, o.owner
                from ours o
                join pg_proc p on p.proowner = o.owner and p.pronamespace = 'public'::regnamespace and p.prosecdef
                cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                where p.proname in ('append_messages', 'create_conversation', 'log_event', 'supersede_event',
                                    'scrub_outbox', 'append_message_event', 'lock_message', 'remove_content',
                                    'edit_message', 'delete_message', 'set_reaction', 'redrive_outbox',
                                    'append_canary', 'delete_published_outbox', 'forget_deleted_parked',
                                    'forget_all_parked', 'forget_deleted_row')
                union
                select 'table ' || c.oid::regclass, a.grantee, o.owner
                from ours o
                join pg_class c on c.relowner = o.owner and c.relnamespace = 'public'::regnamespace
                               and c.relname in ('conversations', 'members', 'former_members', 'messages', 'reactions',
                                                 'reaction_states', 'conversation_events', 'own_states', 'outbox',
                                                 'outbox_parked', 'relay_slots', 'ops_audit')
                cross join aclexplode(c.relacl) a
                where a.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
            )
            select coalesce(r.rolname, 'public') as grantee, count(*) as objects,
                   string_agg('revoke '
                                  || case when object like 'table %' then 'insert, update, delete, truncate' else 'all' end
                                  || ' on ' || object || ' from ' || coalesce(quote_ident(r.rolname), 'public') || ';',
                              ' ' order by object) as revoke
            from granted g
            left join pg_roles r on r.oid = g.grantee
            where g.grantee <> g.owner and coalesce(r.rolname, '') not in ('walcast_app', 'walcast_relay', current_user)
            group by r.rolname
            order by r.rolname
            """;

    private static final String GRANTEE = """
            select quote_ident(current_user) as login,
                   exists (select from pg_roles where rolname = 'walcast_relay') as role,
                   exists (select from pg_roles r where rolname = 'walcast_relay' and pg_has_role(r.oid, 'usage')) as member,
                   pg_has_role('pg_monitor', 'usage') as monitor
            """;

    private record Lacking(
            String name, boolean present, @Nullable String grant) {}

    private record Stranger(String grantee, long objects, String revoke) {}

    private record Grantee(String login, boolean role, boolean member, boolean monitor) {}

    @Override
    public String topic() {
        return "privileges";
    }

    @Override
    public List<Finding> ask(JdbcClient jdbc) {
        Grantee grantee = jdbc.sql(GRANTEE).query(Grantee.class).single();
        List<Lacking> lacking = jdbc.sql(LACKING).query(Lacking.class).list();
        List<Finding> findings = new ArrayList<>(absent(lacking));
        findings.addAll(denied(lacking, grantee));
        findings.addAll(hidden(jdbc, grantee));
        findings.addAll(strangers(jdbc));
        if (findings.isEmpty()) {
            findings.add(Finding.ok(topic(), "the login has every privilege that the relay needs"));
        }
        if (!grantee.monitor()) {
            findings.add(Finding.warning(
                    topic(),
                    "the login is no member of pg_monitor: it cannot tell whose transaction or walsender is in the way",
                    "grant pg_monitor to " + to(grantee) + ";"));
        }
        return findings;
    }

    private List<Finding> absent(List<Lacking> lacking) {
        List<String> names = lacking.stream()
                .filter(one -> !one.present())
                .map(Lacking::name)
                .toList();
        return names.isEmpty()
                ? List.of()
                : List.of(Finding.missing(
                        topic(),
                        "the schema is of an older version: it lacks " + String.join(", ", names) + ", or columns",
                        "start walcast.jar of this version on that database: its start migrates the schema"));
    }

    private List<Finding> hidden(JdbcClient jdbc, Grantee grantee) {
        List<String> tables = jdbc.sql(HIDDEN).query(String.class).list();
        return tables.isEmpty()
                ? List.of()
                : List.of(Finding.missing(
                        topic(),
                        "row security applies to the login in " + String.join(", ", tables)
                                + ", and its statements are refused",
                        "alter role " + grantee.login() + " bypassrls;"));
    }

    private List<Finding> strangers(JdbcClient jdbc) {
        return jdbc.sql(STRANGERS).query(Stranger.class).list().stream()
                .map(stranger -> Finding.warning(
                        topic(),
                        stranger.grantee() + " may write " + stranger.objects()
                                + " of Walcast's tables, or call functions that write them",
                        stranger.revoke()))
                .toList();
    }

    private List<Finding> denied(List<Lacking> lacking, Grantee grantee) {
        List<Lacking> denied = lacking.stream().filter(Lacking::present).toList();
        if (denied.isEmpty()) {
            return List.of();
        }
        if (grantee.role() && !grantee.member()) {
            return List.of(Finding.missing(
                    topic(),
                    "login " + grantee.login() + " is no member of walcast_relay, which has the relay's privileges",
                    "grant walcast_relay to " + grantee.login() + ";"));
        }
        return denied.stream()
                .map(one -> Finding.missing(
                        topic(),
                        "login " + grantee.login() + " lacks a privilege on " + one.name(),
                        one.grant() + to(grantee) + ";"))
                .toList();
    }

    private static String to(Grantee grantee) {
        return grantee.member() ? "walcast_relay" : grantee.login();
    }
}
