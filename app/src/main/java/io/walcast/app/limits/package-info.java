/** How much one user may ask of REST. */
@NullMarked
package io.walcast.app.limits;

import org.jspecify.annotations.NullMarked;
