package io.walcast.relay.rooms;

import java.util.List;

/**
 * Who is in a room of this process.
 *
 * @param users some of them, each once
 * @param more how many others there are
 */
public record PresenceList(List<String> users, int more) {}
