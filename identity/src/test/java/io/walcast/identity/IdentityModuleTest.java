package io.walcast.identity;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class IdentityModuleTest {

    private static final JavaClasses IDENTITY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.walcast.identity");

    @Test
    void knowsNoneOfThoseThatStandOnIt() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.walcast.app..", "io.walcast.relay..")
                .check(IDENTITY);
    }

    @Test
    void knowsNothingOfTheDatabase() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.walcast.db..", "java.sql..", "org.springframework.jdbc..", "org.postgresql..")
                .check(IDENTITY);
    }
}
