package org.lines4j.evaluate.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import ai.djl.util.Platform;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.files.CacheFolder;

/// Has Hugging Face's library make tokens in a process of its own: what is wrong with a
/// `tokenizer.json` ends the process that reads it.
final class TokenizerProcess {
  private TokenizerProcess() {}

  /// Makes texts tokens.
  ///
  /// @param file what messages call the tokenizer
  /// @param tokenizer what it holds
  /// @throws InputException if it does not work
  /// @throws RequestException if no tokenizer works on this machine
  static Tokens tokens(Object file, byte[] tokenizer, List<String> texts)
      throws IOException, InterruptedException {
    Path errors = Files.createTempFile("lines-tokenizer", ".txt");
    try {
      ProcessBuilder builder = new ProcessBuilder(command());
      builder.redirectError(errors.toFile());
      Process process = builder.start();
      try {
        Thread writer = Thread.ofVirtual().start(() -> ask(process, tokenizer, texts));
        FutureTask<Tokens> answer = new FutureTask<>(() -> answer(process, file, texts.size()));
        Thread reader = Thread.ofPlatform().daemon().start(answer);
        Tokens tokens = answer.get();
        writer.join();
        reader.join();
        return tokens;
      } catch (ExecutionException e) {
        throw failure(e.getCause(), file, errors, process);
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.deleteIfExists(errors);
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

  /// The jar or folder that a class is from.
  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void ask(Process process, byte[] tokenizer, List<String> texts) {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(process.getOutputStream()))) {
      write(out, tokenizer);
      out.writeInt(texts.size());
      for (String text : texts) {
        write(out, text.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // it has ended: what it said is read
    }
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static Tokens answer(Process process, Object file, int texts) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
      String problem = in.readUTF();
      if (!problem.isEmpty()) {
        throw in.readBoolean()
            ? new InputException(file, "not a tokenizer: " + problem)
            : new RequestException("texts cannot be made tokens on this machine: " + problem)
                .withRemedy("measure with a program of your own");
      }
      int[] plain = read(in);
      int[] whole = read(in);
      List<int[]> all = new ArrayList<>();
      for (int i = 0; i < texts; i++) {
        all.add(read(in));
      }
      return Tokens.of(all, plain, whole);
    }
  }

  private static int[] read(DataInputStream in) throws IOException {
    int[] numbers = new int[in.readInt()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.readInt();
    }
    return numbers;
  }

  /// What ends the library says, in its own way, on its last lines.
  private static IOException failure(
      @org.jspecify.annotations.Nullable Throwable cause, Object file, Path errors, Process process)
      throws IOException, InterruptedException {
    return switch (cause) {
      case EOFException _ -> {
        process.waitFor();
        String said =
            Files.readString(errors, StandardCharsets.ISO_8859_1)
                .lines()
                .dropWhile(line -> !line.contains("panicked at"))
                .skip(1)
                .findFirst()
                .orElse("the process that reads it ended with " + process.exitValue());
        throw new InputException(file, "not a tokenizer: " + said);
      }
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case IOException e -> e;
      case null, default -> new IOException(cause);
    };
  }
}
