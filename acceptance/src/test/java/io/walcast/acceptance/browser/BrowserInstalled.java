package io.walcast.acceptance.browser;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a class, and says so in the output, where there is no Chromium with its driver. */
final class BrowserInstalled implements ExecutionCondition {

    private static final String MISSING =
            "skipped: no chromium and chromedriver on the PATH (Debian: apt-get install chromium chromium-driver)";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (Browser.isInstalled()) {
            return ConditionEvaluationResult.enabled("there is a Chromium");
        }
        if (context.getTestMethod().isEmpty()) {
            System.out.println(context.getDisplayName() + " " + MISSING);
        }
        return ConditionEvaluationResult.disabled(MISSING);
    }
}
