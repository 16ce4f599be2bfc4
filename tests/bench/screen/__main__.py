from tests.bench.screen.bench import main

if __name__ == "__main__":
    main()
