package io.pgtrail.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-major")
final class ArchitectureTest {

  @Test
  void needsTheJdkAlone() {
    classes()
        .that()
        .resideOutsideOfPackages("io.pgtrail.client.flyway", "io.pgtrail.client.liquibase")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.pgtrail.client",
            "io.pgtrail.client.migration",
            "java..",
            "javax.sql..",
            "org.jspecify..")
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.pgtrail.client"));
  }
}
