#!/bin/bash
# Runs once, in an empty PostgreSQL: the three logins, each for its part, and the database.
set -euo pipefail
password() { cat "/run/secrets/$1"; }
psql -v ON_ERROR_STOP=1 --username postgres \
    -v owner="$(password owner)" -v app="$(password app)" -v relay="$(password relay)" <<'SQL'
create role walcast_owner login password :'owner';
create role walcast_app   login password :'app';
create role walcast_relay login password :'relay' replication;
create database walcast owner walcast_owner;
grant pg_monitor to walcast_relay;
SQL
