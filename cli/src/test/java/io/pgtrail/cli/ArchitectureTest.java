package io.pgtrail.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The shape of the code: which package may know which. */
final class ArchitectureTest {

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .withImportOption(location -> !location.contains("testkit"))
          .importPackages("io.pgtrail");

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.pgtrail.(**)").should().beFreeOfCycles().check(PRODUCT);
  }

  @Test
  void nothingDependsOnTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.pgtrail.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.pgtrail.cli..", "picocli..")
        .check(PRODUCT);
  }

  @Test
  void onlyTheServerKnowsTheWeb() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.pgtrail.server..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.quarkus..", "jakarta.ws..", "io.vertx..", "io.smallrye..")
        .check(PRODUCT);
  }

  @Test
  void embeddedKnowsNothingElseOfTheProduct() {
    noClasses()
        .that()
        .resideInAPackage("io.pgtrail.embedded..")
        .should()
        .dependOnClassesThat(
            describe(
                "live elsewhere in pgtrail",
                type ->
                    type.getPackageName().startsWith("io.pgtrail")
                        && !type.getPackageName().startsWith("io.pgtrail.embedded")))
        .check(PRODUCT);
  }

  @Test
  void productKnowsNoTestFixtures() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.pgtrail.testkit..", "org.junit..", "org.assertj..")
        .check(PRODUCT);
  }
}
