package io.walcast.relay.delivery;

import java.util.concurrent.Semaphore;

/**
 * Bounds what is on its way: the rows until they are settled, and their bytes until their payload is let go of.
 *
 * <p>Thread-safe. A row with more bytes than there may be takes all of them, and so passes alone.
 */
final class Permits {

    private final int mostRows;
    private final int mostBytes;
    private final Semaphore rows;
    private final Semaphore bytes;

    Permits(int mostRows, int mostBytes) {
        this.mostRows = mostRows;
        this.mostBytes = mostBytes;
        this.rows = new Semaphore(mostRows);
        this.bytes = new Semaphore(mostBytes);
    }

    /** Waits for the permits of one row. */
    void acquire(long itsBytes) throws InterruptedException {
        rows.acquire();
        try {
            bytes.acquire(bounded(itsBytes));
        } catch (InterruptedException e) {
            rows.release();
            throw e;
        }
    }

    void releaseBytes(long itsBytes) {
        bytes.release(bounded(itsBytes));
    }

    void releaseRow() {
        rows.release();
    }

    int rowsTaken() {
        return mostRows - rows.availablePermits();
    }

    int bytesTaken() {
        return mostBytes - bytes.availablePermits();
    }

    /** Returns once no row is on its way. */
    void awaitNone() throws InterruptedException {
        rows.acquire(mostRows);
        rows.release(mostRows);
    }

    private int bounded(long itsBytes) {
        return (int) Math.min(itsBytes, mostBytes);
    }
}
