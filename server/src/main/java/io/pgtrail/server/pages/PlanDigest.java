package io.pgtrail.server.pages;

import io.pgtrail.versioning.PlannedStep;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Tells whether a plan is the one that was shown. */
final class PlanDigest {

  private PlanDigest() {}

  /** Of its statements and their risks; rows come and go meanwhile. */
  static String of(List<PlannedStep> steps) {
    String text =
        steps.stream()
            .map(step -> step.risk() + "\0" + step.ddl())
            .collect(Collectors.joining("\0"));
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
