package io.pgtrail.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerBinariesTest {

  @TempDir Path directory;

  @Test
  void unpacksOnceAndLeavesNothingBehind() throws Exception {
    ServerAccount account = ServerAccount.forDirectory(directory);
    Platform platform = Platform.current();

    ServerBinaries first = ServerBinaries.of(18, platform, account);
    ServerBinaries second = ServerBinaries.of(18, platform, account);

    assertThat(second).isEqualTo(first);
    assertThat(Files.isExecutable(Path.of(first.program("postgres")))).isTrue();
    assertThat(Directories.names(BinariesCache.directory(account)))
        .noneMatch(name -> name.startsWith(".unpacking-"));
  }
}
