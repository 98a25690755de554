/** How much users may ask of REST: in writes by each, in memory by all together. */
@NullMarked
package io.walcast.app.limits;

import org.jspecify.annotations.NullMarked;
