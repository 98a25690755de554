package io.walcast.db;

import javax.sql.DataSource;

/** A PostgreSQL on which tests make databases of their own. It asks for no password. */
interface SharedServer {

    /** For JDBC. */
    String url(String database);

    /** The name of the superuser. */
    String superuser();

    /** Connections as the superuser. */
    DataSource superuserOf(String database);
}
