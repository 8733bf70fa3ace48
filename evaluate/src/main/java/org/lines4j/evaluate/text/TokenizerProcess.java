package org.lines4j.evaluate.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import ai.djl.util.Platform;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.files.CacheFolder;

/// Has Hugging Face's library make tokens in a process of its own: what is wrong with a
/// `tokenizer.json` ends the process that reads it. Otherwise it stays for the next one, until this
/// process ends.
final class TokenizerProcess {
  private static final int MOST_SAID = 1000;

  private static Optional<TokenizerProcess> running = Optional.empty();

  private final Process process;
  private final DataOutputStream out;
  private final DataInputStream in;
  private final List<String> said = Collections.synchronizedList(new ArrayList<>());
  private final Thread listener;

  private TokenizerProcess() throws IOException {
    process = new ProcessBuilder(command()).start();
    out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    in = new DataInputStream(new BufferedInputStream(process.getInputStream()));
    listener = Thread.ofPlatform().daemon().start(this::listen);
  }

  /// Makes texts tokens.
  ///
  /// @param file what messages call the tokenizer
  /// @param tokenizer what it holds
  /// @throws InputException if it does not work
  /// @throws RequestException if no tokenizer works on this machine
  static synchronized Tokens tokens(Object file, byte[] tokenizer, List<String> texts)
      throws IOException, InterruptedException {
    TokenizerProcess one = running.isPresent() ? running.get() : new TokenizerProcess();
    running = Optional.empty();
    boolean isWell = false;
    try {
      Tokens tokens = one.ask(file, tokenizer, texts);
      isWell = true;
      return tokens;
    } finally {
      if (isWell) {
        running = Optional.of(one);
      } else {
        one.process.destroyForcibly();
      }
    }
  }

  private Tokens ask(Object file, byte[] tokenizer, List<String> texts)
      throws IOException, InterruptedException {
    Thread writer = Thread.ofPlatform().daemon().start(() -> write(tokenizer, texts));
    FutureTask<Tokens> answer = new FutureTask<>(() -> answer(file, texts.size()));
    Thread.ofPlatform().daemon().start(answer);
    try {
      Tokens tokens = answer.get();
      writer.join();
      return tokens;
    } catch (ExecutionException e) {
      throw failure(e.getCause(), file);
    }
  }

  /// Keeps what it says in its own way, such as why it ends.
  private void listen() {
    try (BufferedReader lines = process.errorReader(StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (said.size() < MOST_SAID) {
          said.add(line);
        }
      }
    } catch (IOException e) {
      // it has ended
    }
  }

  private static List<String> command() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes =
        Stream.of(
                TokenizerMain.class,
                CacheFolder.class,
                TokenizersLibrary.class,
                Platform.class,
                org.slf4j.Logger.class)
            .map(TokenizerProcess::place)
            .distinct()
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    String caches = System.getProperty(CacheFolder.PROPERTY);
    if (caches != null) {
      command.add("-D" + CacheFolder.PROPERTY + "=" + caches);
    }
    command.addAll(List.of("-cp", classes, TokenizerMain.class.getName()));
    return command;
  }

  /// The jar or folder that a class is from. Classes from the JVM's AOT cache know of no
  /// `CodeSource`.
  private static String place(Class<?> type) {
    try {
      URL file = Objects.requireNonNull(type.getResource(type.getSimpleName() + ".class"));
      if (file.openConnection() instanceof JarURLConnection jar) {
        return Path.of(jar.getJarFileURL().toURI()).toString();
      }
      Path folder = Path.of(file.toURI());
      for (int i = type.getName().split("\\.", -1).length; i > 0; i--) {
        folder = Objects.requireNonNull(folder.getParent());
      }
      return folder.toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(byte[] tokenizer, List<String> texts) {
    try {
      write(tokenizer);
      out.writeInt(texts.size());
      for (String text : texts) {
        write(text.getBytes(StandardCharsets.UTF_8));
      }
      out.flush();
    } catch (IOException e) {
      // it has ended, which whoever waits for its answer notices
    }
  }

  private void write(byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private Tokens answer(Object file, int texts) throws IOException {
    String problem = in.readUTF();
    if (!problem.isEmpty()) {
      throw in.readBoolean()
          ? new InputException(file, "not a tokenizer: " + problem)
          : new RequestException("texts cannot be made tokens on this machine: " + problem)
              .withRemedy("measure with a program of your own");
    }
    int[] plain = read();
    int[] whole = read();
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < texts; i++) {
      all.add(read());
    }
    return Tokens.of(all, plain, whole);
  }

  private int[] read() throws IOException {
    int[] numbers = new int[in.readInt()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.readInt();
    }
    return numbers;
  }

  private IOException failure(@Nullable Throwable cause, Object file) throws InterruptedException {
    return switch (cause) {
      case EOFException _ -> {
        int code = process.waitFor();
        listener.join();
        String reason =
            List.copyOf(said).stream()
                .dropWhile(line -> !line.contains("panicked at"))
                .skip(1)
                .findFirst()
                .orElse("the process that reads it ended with " + code);
        throw new InputException(file, "not a tokenizer: " + reason);
      }
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case IOException e -> e;
      case null, default -> new IOException(cause);
    };
  }
}
