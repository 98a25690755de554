#!/bin/bash
# Runs once, in an empty PostgreSQL. It creates the three logins, each for its part, and the database. No password
# becomes an argument of a process, and none is logged with a failed statement.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username postgres <<'SQL'
\set owner `cat /run/secrets/owner`
\set app `cat /run/secrets/app`
\set relay `cat /run/secrets/relay`
set log_min_error_statement = panic;
create role walcast_owner login password :'owner';
create role walcast_app   login password :'app';
create role walcast_relay login password :'relay' replication;
create database walcast owner walcast_owner;
grant pg_monitor to walcast_relay;
SQL
