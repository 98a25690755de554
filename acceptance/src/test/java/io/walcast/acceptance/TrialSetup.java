package io.walcast.acceptance;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What a {@link Trial} is made of where it is not the usual: settings, load, and networks that can fail. */
public final class TrialSetup {

    Topology topology = Topology.chosen();
    final Map<String, String> postgres = new HashMap<>();
    int conversations = 5;
    int writesPerSecond = 120;
    int contentLength = 20;
    Duration patience = Duration.ofSeconds(4);
    boolean databaseThroughProxy;
    boolean clientsThroughProxy;

    TrialSetup() {}

    /** Takes this topology, whichever is chosen for the others. */
    public TrialSetup topology(Topology topology) {
        this.topology = topology;
        return this;
    }

    /** Adds a setting of PostgreSQL's. */
    public TrialSetup postgres(String name, String value) {
        postgres.put(name, value);
        return this;
    }

    /** Writes so many times a second, to so many conversations: posts and changes as in {@link Load}. */
    public TrialSetup load(int conversations, int writesPerSecond) {
        this.conversations = conversations;
        this.writesPerSecond = writesPerSecond;
        return this;
    }

    /** Makes each message about that many characters long. */
    public TrialSetup contentLength(int characters) {
        this.contentLength = characters;
        return this;
    }

    /** How long the connection of a client that resumes may be silent before it takes another one; usually 4 s. */
    public TrialSetup patience(Duration patience) {
        this.patience = patience;
        return this;
    }

    /** Puts a {@link FaultyProxy} between Walcast and PostgreSQL. */
    public TrialSetup databaseThroughProxy() {
        this.databaseThroughProxy = true;
        return this;
    }

    /** Puts a {@link FaultyProxy} between the clients that resume and Walcast. */
    public TrialSetup clientsThroughProxy() {
        this.clientsThroughProxy = true;
        return this;
    }

    /** Starts PostgreSQL, Walcast and the clients. */
    public Trial start() {
        return new Trial(this);
    }
}
