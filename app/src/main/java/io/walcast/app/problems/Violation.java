package io.walcast.app.problems;

/**
 * One fault of a request.
 *
 * @param field the field, parameter or header, as in {@code members[2]}
 * @param message the rule, which completes a sentence that starts with the field
 */
record Violation(String field, String message) {}
