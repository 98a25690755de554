/** All of Walcast in one process on a test's database: who gets in where, with what answer. */
@NullMarked
package io.walcast.app.access;

import org.jspecify.annotations.NullMarked;
