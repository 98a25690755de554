// Copyright The Walcast authors. Licensed under Apache-2.0.

/**
 * Connects, and reconnects until {@link Client#disconnect} or {@link Client#close}.
 *
 * @param {ConnectOptions} options
 * @returns {Client}
 */
export function connect(options: ConnectOptions): Client;
/** A refusal of the server, with a code of the protocol's closed enum. */
export class WalcastError extends Error {
    /**
     * @param {string} code
     * @param {string} message
     */
    constructor(code: string, message: string);
    code: string;
    /** Whether the client tries again by itself. */
    retried: boolean;
}
/**
 * The state of a conversation, folded from its events. {@link Client#join} makes one and keeps it up to date. Without a
 * client it folds the events of `GET /conversations/{id}/events`, or another client's, from the conversation's beginning.
 */
export class Conversation {
    /**
     * @param {any} stored a stored conversation, as `JSON.parse` returned it
     * @returns {Conversation}
     */
    static from(stored: any): Conversation;
    /** @param {string} id */
    constructor(id: string);
    /** In order of `seq`. Do not change it. @type {Message[]} */ messages: Message[];
    /** By user id. @type {Map<string, Member>} */ members: Map<string, Member>;
    /** By id of the message; a message without reactions has no entry. @type {Map<string, Reaction[]>} */ reactions: Map<string, Reaction[]>;
    /** `seq` of the newest message that a user has read, by user id. @type {Map<string, number>} */ reads: Map<string, number>;
    /** @type {string|null} */ title: string | null;
    /** The last `seq` up to which nothing is missing. @type {number|undefined} */ seq: number | undefined;
    /** The last `pos` up to which nothing is missing. @type {number|undefined} */ pos: number | undefined;
    /** Names the history that both are from. @type {string|undefined} */ epoch: string | undefined;
    /** Whether the server has a log: only then `pos` counts. */
    logged: boolean;
    /** The user whose reactions are `mine`, if that is known. @type {string|undefined} */ userId: string | undefined;
    id: string;
    /** The state with its position, as `JSON.stringify` stores it. */
    toJSON(): {
        id: string;
        seq: number | undefined;
        pos: number | undefined;
        epoch: string | undefined;
        title: string | null;
        messages: Message[];
        titleVersion: number;
        earlier: [number, Message][];
        members: [string, Member][];
        former: [string, number][];
        reactions: [string, Reaction[]][];
        reactionVersions: [string, number][];
        reads: [string, number][];
    };
    /** @returns {Position} */
    get position(): Position;
    /**
     * @param {(change: Change) => void} listener called after every change
     * @returns {() => void} stops it
     */
    onChange(listener: (change: Change) => void): () => void;
    /**
     * Applies an event if it is the next one.
     *
     * @param {string} event
     * @param {any} data
     * @returns {'next'|'repeat'|'hole'} `hole`: earlier events are missing, and this one was not applied
     */
    apply(event: string, data: any): "next" | "repeat" | "hole";
    /**
     * Adds a page of history: `GET /conversations/{id}/messages` with `before`, `around` or `after`. Read it after the join
     * was answered: a page that was read before may lack changes that the join does not bring.
     *
     * @param {any[]} messages
     */
    addPage(messages: any[]): void;
    /**
     * Adds the members and the title of `GET /conversations/{id}`, unless an event has told them already. Read it after the
     * join was answered.
     *
     * @param {{members?: string[], owners?: string[], title?: string|null}} conversation
     */
    addMembers({ members, owners, title }: {
        members?: string[];
        owners?: string[];
        title?: string | null;
    }): void;
    /**
     * @param {Joined} answer
     * @internal
     */
    joined({ lastSeq, lastPos, epoch }: Joined): void;
    /**
     * Forgets everything, because the history is another one.
     *
     * @param {number|undefined} seq where to begin
     * @internal
     */
    reset(seq: number | undefined): void;
    #private;
}
/** The list of a user's conversations, folded from the events of the feed. Made by {@link Client#feed}. */
export class Feed {
    /** @param {{cursor?: string, conversations?: Activity[], userId?: string}} [options] */
    constructor({ cursor, conversations, userId }?: {
        cursor?: string;
        conversations?: Activity[];
        userId?: string;
    });
    /**
     * The cursor to give to {@link Client#feed} after a reload, with {@link Feed#conversations}. It is undefined until
     * everything before it has arrived.
     *
     * @type {string|undefined}
     */
    cursor: string | undefined;
    /** @returns {Activity[]} the last updated first */
    get conversations(): Activity[];
    /**
     * @param {string} conversationId
     * @returns {Activity|undefined}
     */
    conversation(conversationId: string): Activity | undefined;
    /**
     * @param {(change: FeedChange) => void} listener called after every change
     * @returns {() => void} stops it
     */
    onChange(listener: (change: FeedChange) => void): () => void;
    /**
     * Applies an event of the feed. Other events change nothing.
     *
     * @param {string} event
     * @param {any} data
     */
    apply(event: string, data: any): void;
    /**
     * Forgets everything: the server sends all conversations.
     *
     * @internal
     */
    reset(): void;
    #private;
}
export type Message = {
    id: string;
    conversationId: string;
    /**
     * null for a deleted message
     */
    senderId: string | null;
    type: "TEXT" | "IMAGE" | "FILE" | "SYSTEM";
    content: string | null;
    parentId: string | null;
    /**
     * 1, 2, 3... per conversation, without gaps
     */
    seq: number;
    /**
     * ISO 8601 with microseconds, UTC
     */
    createdAt: string;
    /**
     * `pos` of the creation, the newest edit, or the deletion
     */
    version?: number | undefined;
    /**
     * when the message was last edited
     */
    editedAt?: string | undefined;
    /**
     * when the message was deleted: its content is null. A message that is gone from the
     * database keeps its `seq` only: another id, type SYSTEM, no sender
     */
    deletedAt?: string | undefined;
};
/**
 * everybody's reactions to a message with one emoji
 */
export type Reaction = {
    emoji: string;
    count: number;
    /**
     * at most five of the users who reacted
     */
    users: string[];
    /**
     * whether this client's user is among them; left out while that is not known
     */
    mine?: boolean | undefined;
};
export type Member = {
    role: "owner" | "member";
    version: number;
};
/**
 * the point that a client has reached in a conversation
 */
export type Position = {
    /**
     * of the last message up to which nothing is missing
     */
    seq: number | undefined;
    /**
     * of the last event up to which nothing is missing; undefined for a server without a log
     */
    pos: number | undefined;
    /**
     * the history that both numbers are from
     */
    epoch: string | undefined;
};
/**
 * of a conversation's state. `message`: created, edited, deleted, or read from a page (without `previous` it is new in
 * the list); `reset`: the history changed, and the state is empty
 */
export type Change = {
    type: "message";
    message: Message;
    previous?: Message;
} | {
    type: "reactions";
    messageId: string;
} | {
    type: "member";
    change: "added" | "removed" | "changed";
    userId: string;
} | {
    type: "title";
} | {
    type: "read";
    userId: string;
    seq: number;
} | {
    type: "reset";
};
/**
 * a conversation as the list of conversations shows it
 */
export type Activity = {
    conversationId: string;
    title: string | null;
    lastSeq: number;
    lastPos: number;
    /**
     * of the newest message that the user has read
     */
    readSeq: number;
    /**
     * messages after that one
     */
    unread: number;
    /**
     * a preview of the newest message, or null
     */
    lastMessage: any;
    /**
     * when the newest message was posted
     */
    updatedAt: string;
};
export type FeedChange = {
    type: "activity";
    activity: Activity;
} | {
    type: "gone";
    conversationId: string;
} | {
    type: "cursor";
    cursor: string;
} | {
    type: "reset";
};
export type FeedOptions = {
    /**
     * {@link Feed#cursor} of the time when the list was stored: only later changes are
     * sent. Without it all conversations are sent
     */
    cursor?: string | undefined;
    /**
     * the list that was stored with the cursor
     */
    conversations?: Activity[] | undefined;
    onChange?: ((change: FeedChange) => void) | undefined;
    /**
     * the server refused; unless {@link WalcastError#retried} the feed
     * has ended
     */
    onError?: ((error: WalcastError) => void) | undefined;
};
/**
 * the server's answer to a join
 */
export type Joined = {
    conversationId: string;
    /**
     * the newest `seq` at the time of joining
     */
    lastSeq: number;
    /**
     * `pos` of the newest event; left out by a server without a log
     */
    lastPos?: number | undefined;
    /**
     * identifies the history to which `seq` belongs; another epoch is another history
     */
    epoch?: string | undefined;
};
export type JoinOptions = {
    /**
     * first deliver the messages after this `seq` (0: all); if left out: new messages only
     */
    after?: number | undefined;
    /**
     * the history that `after` is from: {@link Client#epoch} of the time when it was stored
     */
    epoch?: string | undefined;
    /**
     * in place of `after` and `epoch`: {@link Conversation#position} of the time when it was
     * stored. Changes to earlier messages are sent too
     */
    position?: Position | undefined;
    /**
     * in place of `position`: the state of an earlier time, to be continued
     */
    conversation?: Conversation | undefined;
    /**
     * every message once, in order
     */
    onMessage?: ((message: Message) => void) | undefined;
    /**
     * every change of the state
     */
    onChange?: ((change: Change, conversation: Conversation) => void) | undefined;
    /**
     * after every join and re-join, before the events that it replays
     */
    onJoined?: ((joined: Joined) => void) | undefined;
    /**
     * a member was added or removed; after
     * the removal of this client's own user the conversation is left
     */
    onMember?: ((change: {
        type: "added" | "removed";
        userId: string;
    }) => void) | undefined;
    /**
     * the server has another history than before (a restored database, or a
     * failover that lost commits): discard what was received. The replay starts from 0, or with new messages if the
     * join gave no position
     */
    onHistoryChanged?: (() => void) | undefined;
    /**
     * a re-join was refused; unless {@link WalcastError#retried} the
     * conversation is left
     */
    onError?: ((error: WalcastError) => void) | undefined;
};
/**
 * `waiting`: for the next attempt to connect; `disconnected`: until {@link Client#reconnect}; `closed`: permanently
 */
export type State = "connecting" | "connected" | "waiting" | "disconnected" | "closed";
export type StateDetail = {
    /**
     * why the last connection ended: a code of the protocol where the server gave one
     */
    reason?: string | undefined;
    /**
     * milliseconds until the next attempt, with `waiting`
     */
    retryIn?: number | undefined;
};
export type ConnectOptions = {
    /**
     * the user, for a server in header mode
     */
    userId?: string | undefined;
    /**
     * for a server in jwt mode; a function is called for a
     * fresh token at each connect, and whenever the server asks to renew it
     */
    token?: string | (() => string | Promise<string>) | undefined;
    /**
     * of the WebSocket, or several that are tried in turn until one answers;
     * default: `/ws` of the server that this module was loaded from
     */
    url?: string | URL | (string | URL)[] | undefined;
    /**
     * for environments without a global one
     */
    WebSocket?: {
        new (url: string | URL, protocols?: string | string[]): WebSocket;
        prototype: WebSocket;
        readonly CONNECTING: 0;
        readonly OPEN: 1;
        readonly CLOSING: 2;
        readonly CLOSED: 3;
    } | undefined;
};
/** A connection that outlives its sockets. Made by {@link connect}. */
declare class Client {
    /** @param {ConnectOptions} options */
    constructor(options: ConnectOptions);
    /** @returns {State} */
    get state(): State;
    /**
     * @param {(state: State, detail: StateDetail) => void} listener called now, and at every change
     * @returns {() => void} stops it
     */
    onState(listener: (state: State, detail: StateDetail) => void): () => void;
    /**
     * Listens to an event of the protocol (`typing`, `presence`, `message.edited`), or to one of your own. The listener gets
     * neither repeats nor events after a hole.
     *
     * @param {string} event
     * @param {(data: any) => void} listener
     * @returns {() => void} stops it
     */
    on(event: string, listener: (data: any) => void): () => void;
    /**
     * Sends one request of the protocol (`typing`, `presence`), once.
     *
     * @param {string} event
     * @param {object} [data]
     * @returns {Promise<any>} the answer; rejected with a {@link WalcastError} if the request is refused, or the connection
     *   ends before the answer
     */
    request(event: string, data?: object): Promise<any>;
    /**
     * Joins a conversation until {@link Client#leave}, across reconnects.
     *
     * @param {string} conversationId
     * @param {JoinOptions} options
     * @returns {Promise<Joined>} of the first join; rejected with a {@link WalcastError} if that is refused permanently
     */
    join(conversationId: string, options: JoinOptions): Promise<Joined>;
    /** @param {string} conversationId */
    leave(conversationId: string): void;
    /**
     * @param {string} conversationId
     * @returns {Conversation|undefined} the state of a joined conversation
     */
    conversation(conversationId: string): Conversation | undefined;
    /**
     * @param {string} conversationId
     * @returns {number|undefined} the last `seq` up to which nothing is missing, once that is known
     */
    position(conversationId: string): number | undefined;
    /**
     * @param {string} conversationId
     * @returns {string|undefined} names the history that the position is from, once that is known
     */
    epoch(conversationId: string): string | undefined;
    /**
     * Follows all conversations of the user, without joining them, until {@link Client#close}.
     *
     * @param {FeedOptions} [options]
     * @returns {Feed} the list, which keeps itself up to date
     */
    feed(options?: FeedOptions): Feed;
    /** Ends the connection but keeps the joined conversations, until {@link Client#reconnect}. */
    disconnect(): void;
    /** Connects now: after a {@link Client#disconnect}, or instead of waiting for the next attempt. */
    reconnect(): void;
    /** Ends the connection, all conversations and the feed, permanently. */
    close(): void;
    #private;
}
export {};
