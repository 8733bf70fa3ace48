package org.lines4j.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.RequestException;

/// What the environment says about the Hub, in the variables that `huggingface_hub` has. A system
/// property of the same name wins, for programs that cannot set their own environment.
///
/// @param endpoint the Hub's address, without a slash at its end
/// @param cache the folder of the cache
/// @param token sent to the endpoint; empty for none
/// @param offline whether nothing is asked of any server
/// @param links whether the cache may hold links
/// @param timeout in which a server must send something
record Settings(
    String endpoint,
    Path cache,
    Optional<String> token,
    boolean offline,
    boolean links,
    Duration timeout) {
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");
  private static final int LONGEST_TOKEN = 4096;

  /// Those of now.
  static Settings now() {
    return of(
        name ->
            Optional.ofNullable(System.getProperty(name))
                .or(() -> Optional.ofNullable(System.getenv(name)))
                .filter(value -> !value.isBlank()),
        Path.of(System.getProperty("user.home")));
  }

  static Settings of(Function<String, Optional<String>> variables, Path home) {
    Path base =
        variables
            .apply("HF_HOME")
            .map(path -> expanded(path, variables, home))
            .orElseGet(
                () ->
                    variables
                        .apply("XDG_CACHE_HOME")
                        .map(path -> expanded(path, variables, home))
                        .orElse(home.resolve(".cache"))
                        .resolve("huggingface"));
    Path cache =
        variables
            .apply("HF_HUB_CACHE")
            .or(() -> variables.apply("HUGGINGFACE_HUB_CACHE"))
            .map(path -> expanded(path, variables, home))
            .orElse(base.resolve("hub"));
    boolean offline =
        isTrue("HF_HUB_OFFLINE", variables) || isTrue("TRANSFORMERS_OFFLINE", variables);
    return new Settings(
        endpoint(variables.apply("HF_ENDPOINT").orElse("https://huggingface.co")),
        cache.toAbsolutePath(),
        offline ? Optional.empty() : token(variables, base, home),
        offline,
        !isTrue("HF_HUB_DISABLE_SYMLINKS", variables),
        Duration.ofSeconds(seconds(variables.apply("HF_HUB_DOWNLOAD_TIMEOUT"))));
  }

  private static boolean isTrue(String name, Function<String, Optional<String>> variables) {
    return variables
        .apply(name)
        .map(value -> TRUE.contains(value.strip().toUpperCase(Locale.ROOT)))
        .orElse(false);
  }

  private static long seconds(Optional<String> value) {
    return value
        .map(String::strip)
        .filter(text -> text.matches("\\d{1,4}"))
        .map(Long::parseLong)
        .filter(seconds -> seconds > 0)
        .orElse(10L);
  }

  private static String endpoint(String value) {
    String address = value.strip().replaceFirst("/+$", "");
    try {
      URI uri = URI.create(address);
      if (uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getQuery() == null
          && String.valueOf(uri.getScheme()).matches("(?i)https?")) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw RequestException.expected(
        "HF_ENDPOINT", "an address such as https://huggingface.co", value);
  }

  private static Path expanded(
      String path, Function<String, Optional<String>> variables, Path home) {
    Matcher names = VARIABLE.matcher(path);
    String text =
        names.replaceAll(
            found -> {
              String name = found.group(1) == null ? found.group(2) : found.group(1);
              return Matcher.quoteReplacement(variables.apply(name).orElse(found.group()));
            });
    if (text.equals("~")) {
      return home;
    }
    return text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text);
  }

  private static Optional<String> token(
      Function<String, Optional<String>> variables, Path base, Path home) {
    if (isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN", variables)) {
      return Optional.empty();
    }
    return variables
        .apply("HF_TOKEN")
        .or(() -> variables.apply("HUGGING_FACE_HUB_TOKEN"))
        .or(
            () ->
                fileContent(
                    variables
                        .apply("HF_TOKEN_PATH")
                        .map(path -> expanded(path, variables, home))
                        .orElse(base.resolve("token"))))
        .map(token -> token.replaceAll("[\\r\\n]", "").strip())
        .filter(token -> !token.isEmpty())
        .map(Settings::checked);
  }

  /// A token goes into a header, so it must not begin another one.
  private static String checked(String token) {
    if (token.length() > LONGEST_TOKEN || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new RequestException("HF_TOKEN: holds what no token does (blanks, or no ASCII)");
    }
    return token;
  }

  private static Optional<String> fileContent(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= LONGEST_TOKEN
          ? Optional.of(Files.readString(file))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // as without one: what needs a token says so
    }
  }

  /// Tokens are not for messages.
  @Override
  public String toString() {
    return "the Hub at %s, cached in %s".formatted(endpoint, cache);
  }
}
