package io.walcast.relay.gateway.engineio;

/** The layer above Engine.IO. Thread-safe: many clients come at a time. */
public interface EngineApplication {

    /** A client has a session; called before anything of it is read. */
    EngineListener opened(EngineSession session);
}
