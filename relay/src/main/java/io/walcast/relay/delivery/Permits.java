package io.walcast.relay.delivery;

import java.util.concurrent.Semaphore;

/**
 * Limits the rows in flight: the rows until they are settled, and their bytes until their content is released.
 *
 * <p>Thread-safe. A row with more bytes than the limit takes all of them, and so passes alone.
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

    /** Returns once no row is in flight. */
    void awaitNone() throws InterruptedException {
        rows.acquire(mostRows);
        rows.release(mostRows);
    }

    private int bounded(long itsBytes) {
        return (int) Math.min(itsBytes, mostBytes);
    }
}
