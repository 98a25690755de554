package io.walcast.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.SimpleDateFormat;
import java.time.format.DateTimeFormatter;
import java.util.Formatter;
import org.junit.jupiter.api.Test;

class ModuleBoundariesTest {

    /** The root package puts the parts together; it alone may know all of them. */
    private static final String COMPOSITION = "io.walcast.app";

    private static final JavaClasses APP = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.walcast.app");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.walcast.app.(*)..").should().beFreeOfCycles().check(APP);
    }

    @Test
    void restKnowsNothingOfTheWayToTheClients() {
        noClasses()
                .that(not(resideInAPackage(COMPOSITION)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        COMPOSITION,
                        "io.walcast.relay..",
                        "io.debezium..",
                        "org.apache.kafka..",
                        "org.postgresql..",
                        "org.springframework.web.socket..",
                        "jakarta.websocket..")
                .check(APP);
    }

    @Test
    void theOutboxKnowsNoneOfItsProducers() {
        noClasses()
                .that()
                .resideInAPackage("io.walcast.app.outbox")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.walcast.app.conversations",
                        "io.walcast.app.messages",
                        "io.walcast.app.problems",
                        "io.walcast.app.limits")
                .check(APP);
    }

    /** In some languages such a number has other digits than 0 to 9, which no client and no PostgreSQL reads. */
    @Test
    void noFormatDependsOnTheLanguageOfTheMachine() {
        var all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("io.walcast");

        noClasses()
                .should()
                .callMethod(String.class, "formatted", Object[].class)
                .orShould()
                .callMethod(String.class, "format", String.class, Object[].class)
                .orShould()
                .callMethod(PrintStream.class, "printf", String.class, Object[].class)
                .orShould()
                .callConstructor(DecimalFormat.class, String.class)
                .orShould()
                .callConstructor(Formatter.class)
                .orShould()
                .callConstructor(SimpleDateFormat.class, String.class)
                .orShould()
                .callMethod(DateTimeFormatter.class, "ofPattern", String.class)
                .because("a machine reads it: give Locale.ROOT")
                .check(all);
    }

    @Test
    void onlyWhatOtherPackagesNeedIsPublic() {
        assertThat(APP.stream()
                        .filter(type ->
                                type.isTopLevelClass() && !type.getPackageName().equals(COMPOSITION))
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(JavaClass::getSimpleName))
                .containsExactlyInAnyOrder(
                        "WriteRate",
                        "RequestMemory",
                        "Page",
                        "WriteShares",
                        "OutboxAppender",
                        "OutboxTopic",
                        "OutsideTransactionException",
                        "TraceContext",
                        "MayAnswer",
                        "ProblemException",
                        "ProblemType",
                        "StorableText");
    }
}
