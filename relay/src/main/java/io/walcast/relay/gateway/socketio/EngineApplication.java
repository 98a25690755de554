package io.walcast.relay.gateway.socketio;

/** The layer above Engine.IO. */
interface EngineApplication {

    /** A client has a session; called before anything of it is read. */
    EngineListener opened(EngineSession session);
}
