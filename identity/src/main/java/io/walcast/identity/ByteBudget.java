package io.walcast.identity;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A budget of bytes that many holders share. Each may hold as much as is still free, so that the share of each shrinks
 * as the budget fills, and the largest are refused first. A quarter is reserved for those that hold nothing yet.
 * Thread-safe.
 */
public final class ByteBudget implements RequestBody.Room {

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    public ByteBudget(long limit) {
        this.limit = limit;
    }

    @Override
    public boolean take(long bytes, long held) {
        long before = used.addAndGet(bytes) - bytes;
        if (held + bytes <= (held == 0 ? limit : shared()) - before) {
            return true;
        }
        release(bytes);
        return false;
    }

    @Override
    public void release(long bytes) {
        used.addAndGet(-bytes);
    }

    /** Takes bytes even beyond the budget; the holder must bound them itself. */
    public void overdraw(long bytes) {
        used.addAndGet(bytes);
    }

    /** Whether only the reserve for holders that hold nothing yet is left. */
    public boolean isScarce() {
        return used.get() > shared();
    }

    private long shared() {
        return limit - limit / 4;
    }

    /** Bytes that are held now. */
    public long used() {
        return used.get();
    }
}
