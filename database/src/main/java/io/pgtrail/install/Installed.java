package io.pgtrail.install;

import java.util.List;

/**
 * What an installation did.
 *
 * @param version version of pgtrail that is installed now
 * @param steps SQL files that were applied; empty when everything was up to date
 * @param notices what the server had to say, such as a name that was taken
 */
public record Installed(String version, List<String> steps, List<String> notices) {

  public Installed {
    steps = List.copyOf(steps);
    notices = List.copyOf(notices);
  }

  /** Whether there was anything to do. */
  public boolean changed() {
    return !steps.isEmpty();
  }
}
