/** How much users may ask of REST: in writes by each, in memory by all, of the database by one conversation. */
@NullMarked
package io.walcast.app.limits;

import org.jspecify.annotations.NullMarked;
