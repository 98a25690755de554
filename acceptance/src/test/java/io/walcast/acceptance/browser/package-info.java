/** The pages, as people see them: in a headless Chromium, on the packaged jar. */
@NullMarked
package io.walcast.acceptance.browser;

import org.jspecify.annotations.NullMarked;
